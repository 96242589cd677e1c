"""What a worker's phone holds (手机数据): the collections it keeps, and the pages that bring it up to date."""
