exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/plain');
  response.setCookie('visits', '1', event.age ? [`Max-Age=${event.age}`] : ['Path=/']);
  callback(null, response);
};
