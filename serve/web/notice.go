package web

// Absent is what a binary without the console answers where the console would be.
const Absent = `This clew was built without its console; the API is here all the same, see /docs.
To get the console: run "make web", which needs Node 18.19 or newer and npm, then start the binary again.`
