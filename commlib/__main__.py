"""`python -m commlib` is the command line."""

from commlib.cli import main

if __name__ == "__main__":
    main()
