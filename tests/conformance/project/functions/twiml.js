exports.handler = (context, event, callback) => {
  const response = new Twilio.twiml.MessagingResponse();
  response.message('Hi & <bye>');
  callback(null, response);
};
