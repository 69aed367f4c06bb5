"""The API's doors to the rules of lending and to the calendar."""
