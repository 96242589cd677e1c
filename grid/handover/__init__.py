"""Hand-over (交接班): what one shift tells the next."""
