// Public, at /demo/visits: counts in a cookie how often this browser has been here.
exports.handler = function (context, event, callback) {
  const before = Number.parseInt(event.request.cookies.visits, 10);
  const visits = before > 0 ? before + 1 : 1;
  const response = new Twilio.Response();
  response.setCookie('visits', String(visits), ['HttpOnly', 'SameSite=Lax', 'Max-Age=86400']);
  response.appendHeader('Content-Type', 'application/json');
  response.setBody({ visits });
  callback(null, response);
};
