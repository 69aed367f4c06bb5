"""Another team's context: patrons who borrowed this also borrowed that."""
