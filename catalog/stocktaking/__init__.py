"""Stocktaking: is every copy where the catalogue has it, and is nothing there that should not be?"""
