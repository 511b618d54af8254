"""From a circuit to a program: passes, plans and printers."""
