"""How everything that goes out looks, in numbers and in pictures: `make look`."""
