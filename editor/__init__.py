"""The command line and the page on which circuits are drawn, edited and trained."""
