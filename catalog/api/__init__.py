"""The API of the catalogue: everybody may read, cataloguers change."""
