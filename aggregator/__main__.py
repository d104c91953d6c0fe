"""`python -m aggregator` and the console script."""

from aggregator.cli.main import run


def main() -> None:
    """Run the command line and exit with its code."""
    raise SystemExit(run())


if __name__ == "__main__":
    main()
