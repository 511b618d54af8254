"""Where arrays live while a circuit runs: memory levels, groups and streams, what they cost and when they are legal."""
