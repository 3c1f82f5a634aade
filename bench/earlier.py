"""Sets that an earlier run has measured, for a report of all of them: the large one alone takes hours. Pure."""

SAME = ("schemaVersion", "runs", "versions")


def difference(result, earlier):
    """What keeps the two from standing in one report; None if nothing does."""
    for name in SAME:
        if result[name] != earlier.get(name):
            return f"{name}: {earlier.get(name)}, now {result[name]}"
    for name in ("cores", "kernel", "processor", "memoryBytes"):
        if result["machine"][name] != earlier["machine"].get(name):
            return f"{name} of the machine: {earlier['machine'].get(name)}, now {result['machine'][name]}"
    return None


def merged(result, earlier):
    """The result with the sets, and what belongs to them, that only the earlier one has."""
    kept = [name for name in earlier["sets"] if name not in result["sets"]]
    for part in ("sets", "inputs"):
        result[part] = {name: earlier[part][name] for name in kept if name in earlier[part]} | result[part]
    for part in ("work", "targets", "notices"):
        rows = [row for row in earlier[part] if row["set"] in kept]
        result[part] = rows + result[part]
    if not result["node"]:
        result["node"] = earlier["node"]
    return result
