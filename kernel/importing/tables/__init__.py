"""Files that hold a table: CSV, workbooks, and HTML that is called a workbook. Known by content, not by name."""
