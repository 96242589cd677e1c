"""Forms (表单): what a worker fills in, as data files; a version never changes once it is out."""
