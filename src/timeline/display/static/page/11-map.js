// The map of the places. Until there are coordinates in the data, nothing is drawn.

function drawMap() {}
function updateMap() {}
