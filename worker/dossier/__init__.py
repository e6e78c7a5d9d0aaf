"""The dossier: everything known of one occurrence's approval, as one file for the records office."""
