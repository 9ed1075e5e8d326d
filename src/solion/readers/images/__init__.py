"""Pictures, arrays and maps of grains as laboratories and other programs save them."""
