"""`python -m aggregator` and the console script."""

import gc

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code."""
    # What is imported is no garbage; looking through it for cycles takes a tenth of a short command's time.
    gc.set_threshold(20_000, 10, 10)
    try:
        from aggregator.cli.main import run  # inside, for this takes long enough to be interrupted
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    raise SystemExit(run())


if __name__ == "__main__":
    main()
