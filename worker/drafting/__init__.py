"""Material in, immutable drafts out: fields, the whole mail, its lint and its digest."""
