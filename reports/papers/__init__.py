"""Papers (纸质单据): the case sheet, the dispatch order and the list of a queue, as their reader sees them."""
