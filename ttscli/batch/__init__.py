"""Many texts, a file for each: what is to be made, what is made already, who makes it, and all of it in one file."""
