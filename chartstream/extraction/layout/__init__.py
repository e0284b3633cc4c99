"""The layout of pages: from words and drawn lines to regions in reading order, tables as rows and cells, and furniture.

``segments`` → ``furniture`` (over all pages) → ``page.lay_out`` (``stamps``, ``ruled`` tables, ``columns``, ``aligned``
tables, ``blocks``) → ``assemble`` into one text. Both text layers and OCR pass through it, in any unit: every distance
is measured in heights of the page's letters.
"""
