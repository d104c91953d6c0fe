"""`python -m aggregator` and the console script."""

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        from aggregator.cli.main import run  # inside, for this takes long enough to be interrupted
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    raise SystemExit(run())


if __name__ == "__main__":
    main()
