"""What pages are told while they stand open."""
