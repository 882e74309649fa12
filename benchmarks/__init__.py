"""What the patterns' index costs, measured against reading the same events; run `make bench`."""
