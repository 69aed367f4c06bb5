"""The staff side of imports, for whatever kind: a context puts its own models and the kind's name in."""
