"""Values: instants and times, quantities, names of entities, reports. They know no clock and no log."""
