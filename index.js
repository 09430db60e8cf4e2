// n8n loads the files listed under "n8n" in package.json; this one only makes "main" resolvable.
module.exports = {};
