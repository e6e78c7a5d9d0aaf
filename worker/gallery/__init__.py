"""Every kind on sample data, to be read line by line before anybody sends the first."""
