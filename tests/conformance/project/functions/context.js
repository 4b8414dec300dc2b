exports.handler = (context, event, callback) => callback(null, {
  keys: Object.keys(context).filter((key) => /^(CONFORMANCE|PATH|DOMAIN_NAME|SERVICE_SID|ENVIRONMENT_SID)$/.test(key)).sort(),
  variable: context.CONFORMANCE,
  path: context.PATH,
  domain: context.DOMAIN_NAME,
  service: /^ZS[0-9a-f]{32}$/.test(context.SERVICE_SID),
  environment: /^ZE[0-9a-f]{32}$/.test(context.ENVIRONMENT_SID),
  inProcess: process.env.CONFORMANCE,
});
