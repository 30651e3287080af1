"""Who is near and who touches: points, boxes, borders, graphs."""
