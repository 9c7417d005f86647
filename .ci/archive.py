#!/usr/bin/env python3
"""Archives a directory reproducibly: archive.py DIRECTORY FILE.tar.gz|FILE.zip

The dates in the archive are SOURCE_DATE_EPOCH, or 1980.
"""

import gzip
import os
import pathlib
import sys
import tarfile
import time
import zipfile

EARLIEST = 315532800  # 1980, the earliest date of the zip format
PROGRAMS = {"bwsip", "bwsip.exe"}


def main() -> None:
    directory, archive = map(pathlib.Path, sys.argv[1:])
    date = max(int(os.environ.get("SOURCE_DATE_EPOCH", EARLIEST)), EARLIEST)
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    names = [path.relative_to(directory.parent).as_posix() for path in files]
    modes = [0o755 if path.name in PROGRAMS else 0o644 for path in files]
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            for path, name, mode in zip(files, names, modes):
                entry = zipfile.ZipInfo(name, time.gmtime(date)[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = mode << 16
                out.writestr(entry, path.read_bytes())
        return
    with (
        open(archive, "wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=date) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as out,
    ):
        for path, name, mode in zip(files, names, modes):
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            entry.mode = mode
            entry.mtime = date
            with open(path, "rb") as contents:
                out.addfile(entry, contents)


if __name__ == "__main__":
    main()
