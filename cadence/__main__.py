"""`python -m cadence`."""

from __future__ import annotations

from cadence.cli.main import main

if __name__ == "__main__":
    main()
