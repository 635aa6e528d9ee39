"""Where table schemas come from, other than code: data files, literal records, Arrow schemas."""
