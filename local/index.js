module.exports = class LocalStack {
  constructor() {
    this.hooks = {};
  }
};
