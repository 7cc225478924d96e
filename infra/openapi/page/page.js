// The calls go to where the page comes from, and from there to the functions.
globalThis.SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#page',
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  // The document is our own; nobody else's validator needs to see it.
  validatorUrl: null,
});
