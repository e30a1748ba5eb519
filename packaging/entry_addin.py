"""gouji-addin.exe: what the ribbon's buttons start (no console window)."""

import multiprocessing

from addin.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a recheck's workers start from this same program
    raise SystemExit(main())
