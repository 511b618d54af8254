"""What programs are printed for: a folder a target."""
