"""The reader of MARC: MARC 21 and KORMARC, in transmission format (`iso2709`) and in XML (`marcxml`)."""
