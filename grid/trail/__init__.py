"""The trail (留痕): what happened and who looked, append only; each entry hashes its own content."""
