"""What was read, for the eye: one HTML file with page images, boxes, reading order, sections and fields."""
