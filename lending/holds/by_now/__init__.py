"""How the shelf stands by now, between midnight and the sweep of that day; to be looked at, and nothing is changed."""
