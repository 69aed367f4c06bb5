"""Taking files of other systems in: what every context's import shares."""
