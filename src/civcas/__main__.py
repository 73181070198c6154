"""Lets `python -m civcas` do what `civcas` does."""

from civcas.cli.app import main

if __name__ == "__main__":
    main()
