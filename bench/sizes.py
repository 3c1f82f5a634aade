"""Numbers of bytes as people write them. Pure."""

import argparse

UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def parsed(text):
    """`0.5 GB` to bytes."""
    number = text.strip()
    for unit in sorted(UNITS, key=len, reverse=True):
        if number.endswith(unit):
            try:
                found = int(float(number.removesuffix(unit)) * UNITS[unit])
            except ValueError:
                break
            if found > 0:
                return found
            break
    raise argparse.ArgumentTypeError(f"'{text}': expected a size such as 0.5 GB or 64 MiB")


def listed(text):
    """`0.5 GB,4 GB` to bytes, ascending."""
    return sorted({parsed(part) for part in text.split(",")})


def shown(count):
    return f"{count / 10**9:.2f} GB" if count >= 10**9 else f"{count / 10**6:.1f} MB"
