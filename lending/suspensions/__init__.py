"""Suspensions (대출정지) that follow from late returns."""
