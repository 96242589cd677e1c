"""Photos (照片): what comes in is checked and redrawn, what is kept is durable and named by its content."""
