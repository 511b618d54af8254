"""Documents of strangers: real ones with faults of every kind, and ones made to hang or to crash a reader."""
