"""What a table of records is: its columns, the words they are known by, and how one value is read."""
