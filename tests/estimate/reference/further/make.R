# Further cases in the format of the folder above, made with R's `survey`: `Rscript make.R` in this folder, with the
# packages survey, MASS and jsonlite. Each case is one line of `out`, with the call of R beside its job. The boards are
# made up; api*, election_pps and mu284 come with the package.
suppressMessages({library(survey); library(jsonlite)}); invisible(Sys.setlocale("LC_COLLATE","C")); options(stringsAsFactors=FALSE, warn=1)
data_of <- function(f) if (file.exists(f)) f else file.path("..", f)
rd <- function(f) read.csv(data_of(f), stringsAsFactors=TRUE, na.strings=c("","NA"))
ref <- function(est, des, df=degf(des)) {
  b <- as.vector(coef(est)); V <- suppressWarnings(as.matrix(vcov(est))); s <- as.vector(unlist(SE(est))); nm <- names(coef(est))
  if (is.null(nm)) nm <- as.character(seq_along(b))
  q <- if (is.na(df) || df <= 0) NA else qt(.975, df)
  d <- tryCatch(as.vector(if (inherits(est,"svystat") && !is.null(attr(est,"deff"))) deff(est) else NULL), error=function(e) NULL)
  list(names=nm, estimate=b, se=s, ci_low=b-q*s, ci_high=b+q*s, ci_low_z=b-qnorm(.975)*s, ci_high_z=b+qnorm(.975)*s, df=df, deff=d, vcov=unname(V)) }
join <- function(L, names=NULL) { k <- setdiff(names(L[[1]]),c("df","deff","vcov")); r <- lapply(setNames(k,k), function(j) unlist(lapply(L,`[[`,j))); if(!is.null(names)) r$names <- names; r$df <- L[[1]]$df; r }
out <- function(id, dataset, design, estimand, expected, calibration=list(), replicates=NULL, tol=1e-9, tol_abs=1e-11) {
  x <- list(id=id,dataset=data_of(dataset),r_code="make.R",r_version=R.version.string,survey_version=as.character(packageVersion("survey")),design=design,calibration=calibration)
  if(!is.null(replicates)) x$replicates <- replicates
  x$estimand <- estimand; x$tolerance_rel <- tol; x$tolerance_abs <- tol_abs; x$expected <- expected
  write(toJSON(x,auto_unbox=TRUE,digits=NA,null="null",na="null",pretty=FALSE), paste0(id,".json")) }
D <- function(ids=list(),strata=list(),weights=NULL,fpc=list(),lonely="fail",nest=FALSE,dla=FALSE,kind="population_size",pps=NULL){ r <- list(ids=as.list(ids),strata=as.list(strata),fpc=as.list(fpc),fpc_kind=kind,nest=nest,lonely_psu=lonely,domain_lonely_adjust=dla); if(!is.null(weights)) r$weights <- weights; if(!is.null(pps)) r$pps <- pps; r }
try1 <- function(e) tryCatch(e, error=function(x) cat("ERR", conditionMessage(x), "\n"))

clus1 <- rd("apiclus1.csv"); strat <- rd("apistrat.csv"); clus2 <- rd("apiclus2.csv"); pulse <- rd("board_pulse.csv"); w3 <- rd("board_wave3.csv"); w2 <- rd("board_wave2.csv")
dc <- svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=clus1); ds <- svydesign(id=~1,strata=~stype,weights=~pw,fpc=~fpc,data=strat)
d3 <- svydesign(id=~1, strata=~size_class, weights=~weight, fpc=~N_h, data=w3)
Ds <- D(strata="stype",weights="pw",fpc="fpc"); Dc <- D(ids="dnum",weights="pw",fpc="fpc"); D3 <- D(strata="size_class",weights="weight",fpc="N_h")
for (rule in c("certainty","remove","average","adjust")) try1({ options(survey.lonely.psu=rule)
  d <- svydesign(id=~1,strata=~fine,weights=~w_fine,fpc=~N_fine,data=pulse)
  L <- list(ref(svymean(~pupils,d),d), ref(svytotal(~waiting,d),d), ref(svyratio(~care,~pupils,d),d))
  out(paste0("lonely-",rule),"board_pulse.csv",D(strata="fine",weights="w_fine",fpc="N_fine",lonely=rule),list(type="multi",parts=list(list(name="m",type="mean",variable="pupils"),list(name="t",type="total",variable="waiting"),list(name="r",type="ratio",numerator="care",denominator="pupils"))),join(L,c("m","t","r")))
  for (dla in c(TRUE,FALSE)) { options(survey.adjust.domain.lonely=dla)
   s <- subset(d, region=="north"); r <- try1(ref(svymean(~pupils,s),s)); if(!is.null(r) && all(is.finite(r$se))) { r$vcov<-NULL
   out(paste0("lonely-dom-",rule,"-",dla),"board_pulse.csv",D(strata="fine",weights="w_fine",fpc="N_fine",lonely=rule,dla=dla),list(type="mean",variables=list("pupils"),where=list(list(variable="region",op="==",value="north"))),r)}
   b <- try1(svyby(~pupils,~region,d,svymean)); if(!is.null(b) && all(is.finite(SE(b)))) {r <- ref(b,d); r$vcov <- NULL; out(paste0("lonely-by-",rule,"-",dla),"board_pulse.csv",D(strata="fine",weights="w_fine",fpc="N_fine",lonely=rule,dla=dla),list(type="mean",variables=list("pupils"),by=list("region")),r)}
  }; options(survey.adjust.domain.lonely=FALSE) })
options(survey.lonely.psu="fail")
# deff srswr etc
r <- ref(svymean(~api00+enroll,dc,deff="replace"),dc); out("deff-wr","apiclus1.csv",Dc,list(type="mean",variables=list("api00","enroll"),deff="srswr"),r)
r <- ref(svytotal(~enroll,dc,deff="replace"),dc); out("deff-total-wr","apiclus1.csv",Dc,list(type="total",variables=list("enroll"),deff="srswr"),r)
s <- subset(ds, awards=="Yes"); r <- ref(svymean(~api00,s,deff=TRUE),s); out("deff-dom","apistrat.csv",Ds,list(type="mean",variables=list("api00"),deff="srswor",where=list(list(variable="awards",op="==",value="Yes"))),r)
# total by, two variables by
b <- svyby(~enroll+api.stu,~awards+sch.wide,ds,svytotal); r <- ref(b,ds); r$vcov<-NULL; out("by2-total","apistrat.csv",Ds,list(type="total",variables=list("enroll","api.stu"),by=list("awards","sch.wide")),r)
# total+mean
L <- list(ref(svytotal(~enroll+api00,dc),dc),ref(svymean(~enroll+api00,dc),dc)); out("totalmean","apiclus1.csv",Dc,list(type="total+mean",variables=list("enroll","api00")),join(L))
# sampling fraction
strat$f <- 1/strat$pw*0+ave(strat$pw,strat$stype,FUN=length)/strat$fpc; write.csv(strat,"apistrat_f.csv",row.names=FALSE,na="")
d <- svydesign(id=~1,strata=~stype,fpc=~f,data=strat); r <- ref(svymean(~api00,d),d); out("fraction","apistrat_f.csv",D(strata="stype",fpc="f",kind="sampling_fraction"),list(type="mean",variables=list("api00")),r)
# PPS brewer
data(election); write.csv(election_pps,"election_pps.csv",row.names=FALSE)
e <- rd("election_pps.csv"); d <- svydesign(id=~1, fpc=~p, data=e, pps="brewer"); r <- ref(svytotal(~Bush+Kerry+Nader,d),d); out("brewer","election_pps.csv",D(fpc="p",kind="sampling_fraction",pps="brewer"),list(type="total",variables=list("Bush","Kerry","Nader")),r)
data(mu284); write.csv(mu284,"mu284.csv",row.names=FALSE); d <- svydesign(id=~id1+id2,fpc=~n1+n2,data=mu284); L <- list(ref(svytotal(~y1,d),d),ref(svymean(~y1,d),d)); out("mu284","mu284.csv",D(ids=c("id1","id2"),fpc=c("n1","n2")),list(type="total+mean",variables=list("y1")),join(L))
# separate ratio
sr <- svyratio(~api.stu,~enroll,ds,separate=TRUE); tot <- c(E=1877350,H=1013824,M=920298); p <- predict(sr,total=as.list(tot)); r <- list(names="total",estimate=as.vector(p$total),se=as.vector(p$se),df=degf(ds))
out("separate","apistrat.csv",Ds,list(type="separate_ratio_total",numerator="api.stu",denominator="enroll",by_stratum="stype",known_totals=as.list(tot)),r)
# multiresponse
bars <- grep("^bar_",names(w3),value=TRUE); f <- as.formula(paste("~",paste(bars,collapse="+"))); r <- ref(svymean(f,d3,na.rm=TRUE),d3); out("multi-ans","board_wave3.csv",D3,list(type="multi_response",options=as.list(bars),base="rows with the item answered",na_rm=TRUE),r)
w3b <- w3; w3b$picks <- rowSums(w3b[bars]); ok <- !is.na(w3b$picks); d <- subset(update(d3,picks=w3b$picks),!is.na(picks)); L <- lapply(bars,function(b) ref(svyratio(as.formula(paste0("~",b)),~picks,d),d3)); out("multi-picks","board_wave3.csv",D3,list(type="multi_response",options=as.list(bars),base="picks",na_rm=TRUE),join(L,bars))
# aggregate stage
pop <- c(`(Intercept)`=6194, api99=3914069); g <- calibrate(dc,~api99,pop,aggregate.stage=1); L <- list(ref(svytotal(~enroll,g),g),ref(svymean(~api00,g),g)); x<-join(L,c("t","m")); x$weight_min<-min(weights(g)); x$weight_max<-max(weights(g))
C <- function(...) list(list(method="calibrate",...)); TM <- list(type="multi",parts=list(list(name="t",type="total",variable="enroll"),list(name="m",type="mean",variable="api00")))
cons <- list(list(column="(Intercept)",kind="intercept",total=6194),list(column="api99",kind="numeric",variable="api99",total=3914069))
out("cal-agg","apiclus1.csv",Dc,TM,x,C(calfun="linear",aggregate_stage=1,constraints=cons))
g <- calibrate(dc,~api99,pop,aggregate.stage=1,calfun="raking",epsilon=1e-10); L <- list(ref(svytotal(~enroll,g),g),ref(svymean(~api00,g),g)); x<-join(L,c("t","m")); x$weight_min<-min(weights(g)); x$weight_max<-max(weights(g)); out("cal-agg-rak","apiclus1.csv",Dc,TM,x,C(calfun="raking",epsilon=1e-10,aggregate_stage=1,constraints=cons))
# default epsilon raking/logit/bounded
for (cf in c("raking","logit","linear")) { b <- if(cf=="raking") c(-Inf,Inf) else c(0.5,2); g <- calibrate(dc,~stype+api99,c(`(Intercept)`=6194, stypeH=755, stypeM=1018, api99=3914069),calfun=cf,bounds=b); L <- list(ref(svytotal(~enroll,g),g),ref(svymean(~api00,g),g)); x<-join(L,c("t","m")); x$weight_min<-min(weights(g)); x$weight_max<-max(weights(g))
 a <- list(method="calibrate",calfun=cf,constraints=list(list(column="(Intercept)",kind="intercept",total=6194),list(column="stypeH",kind="level",variable="stype",level="H",total=755),list(column="stypeM",kind="level",variable="stype",level="M",total=1018),list(column="api99",kind="numeric",variable="api99",total=3914069))); if(cf!="raking") a$bounds <- b
 out(paste0("cal-eps-",cf),"apiclus1.csv",Dc,TM,x,list(a)) }
# chain ps then calibrate; rake then ps
ps <- postStratify(dc,~stype,data.frame(stype=c("E","H","M"),Freq=c(4421,755,1018))); PS <- list(method="poststratify",by=list("stype"),totals=list(list(stype="E",total=4421),list(stype="H",total=755),list(stype="M",total=1018)))
g <- calibrate(ps,~api99,pop); L <- list(ref(svytotal(~enroll,g),g),ref(svymean(~api00,g),g)); out("chain-ps-cal","apiclus1.csv",Dc,TM,join(L,c("t","m")),list(PS,C(calfun="linear",constraints=cons)[[1]]))
g <- calibrate(dc,~api99,pop); g <- postStratify(g,~stype,data.frame(stype=c("E","H","M"),Freq=c(4421,755,1018))); L <- list(ref(svytotal(~enroll,g),g),ref(svymean(~api00,g),g)); out("chain-cal-ps","apiclus1.csv",Dc,TM,join(L,c("t","m")),list(C(calfun="linear",constraints=cons)[[1]],PS))
# domain after ps
s <- subset(ps, sch.wide=="Yes"); r <- ref(svymean(~api00,s),s); out("ps-dom","apiclus1.csv",Dc,list(type="mean",variables=list("api00"),where=list(list(variable="sch.wide",op="==",value="Yes"))),r,list(PS))
b <- svyby(~api00,~sch.wide,ps,svymean); r <- ref(b,ps); r$vcov<-NULL; out("ps-by","apiclus1.csv",Dc,list(type="mean",variables=list("api00"),by=list("sch.wide")),r,list(PS))
p <- svyciprop(~I(sch.wide=="Yes"),ps,method="beta"); ci<-attr(p,"ci"); out("ps-beta","apiclus1.csv",Dc,list(type="proportion",variables=list("sch.wide"),level="Yes",ci_method="beta"),list(names="sch.wide=Yes",estimate=as.vector(p),se=sqrt(as.vector(attr(p,"var"))),ci_low=ci[[1]],ci_high=ci[[2]],df=degf(ps)),list(PS))
for (m in c("mean","logit","xlogit")) { p <- svyciprop(~I(sch.wide=="Yes"),dc,method=m); ci<-attr(p,"ci"); out(paste0("ci-",m),"apiclus1.csv",Dc,list(type="proportion",variables=list("sch.wide"),level="Yes",ci_method=m),list(names="sch.wide=Yes",estimate=as.vector(p),se=sqrt(as.vector(attr(p,"var"))),ci_low=ci[[1]],ci_high=ci[[2]],df=degf(dc))) }
# replicates
rp <- as.svrepdesign(ds,type="JKn"); L <- list(ref(svymean(~api00,rp),rp),ref(svytotal(~enroll,rp),rp)); out("jkn","apistrat.csv",Ds,TM2<-list(type="multi",parts=list(list(name="m",type="mean",variable="api00"),list(name="t",type="total",variable="enroll"))),join(L,c("m","t")),list(),list(source="construct",type="JKn",mse=FALSE))
rps <- postStratify(rp,~sch.wide,data.frame(sch.wide=c("No","Yes"),Freq=c(1072,5122))); L <- list(ref(svymean(~api00,rps),rps),ref(svytotal(~enroll,rps),rps)); out("jkn-ps","apistrat.csv",Ds,TM2,join(L,c("m","t")),list(list(method="poststratify",by=list("sch.wide"),totals=list(list(sch.wide="No",total=1072),list(sch.wide="Yes",total=5122)))),list(source="construct",type="JKn",mse=FALSE))
rj <- as.svrepdesign(dc,type="JK1"); g <- calibrate(rj,~api99,pop,calfun="raking",epsilon=1e-10); L <- list(ref(svymean(~api00,g),g),ref(svytotal(~enroll,g),g)); out("jk1-cal","apiclus1.csv",Dc,TM2,join(L,c("m","t")),list(list(method="calibrate",calfun="raking",epsilon=1e-10,each_replicate=TRUE,constraints=cons)),list(source="construct",type="JK1",mse=FALSE))
s <- subset(rj, sch.wide=="Yes"); r <- ref(svymean(~api00,s),s); out("jk1-dom","apiclus1.csv",Dc,list(type="mean",variables=list("api00"),where=list(list(variable="sch.wide",op="==",value="Yes"))),r,list(),list(source="construct",type="JK1",mse=FALSE))
b <- svyby(~api00,~stype,rj,svymean,covmat=TRUE); r<-ref(b,rj); out("jk1-by","apiclus1.csv",Dc,list(type="mean",variables=list("api00"),by=list("stype")),r,list(),list(source="construct",type="JK1",mse=FALSE))
# chisq
h <- svychisq(~sch.wide+stype,dc,statistic="Chisq"); out("chisq","apiclus1.csv",Dc,list(type="chisq",rows="sch.wide",cols="stype",statistic="Chisq"),list(statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value)))
# quantiles
for (q in c("math","school","hf7")) for (iv in c("mean","xlogit","beta")) {r <- svyquantile(~api00,dc,c(.1,.5,.9),qrule=q,interval.type=iv); m<-r[[1]]; out(paste0("q-",q,"-",iv),"apiclus1.csv",Dc,list(type="quantile",variables=list("api00"),probs=list(.1,.5,.9),rule=q,interval=iv),list(names=rownames(m),estimate=m[,1],ci_low=m[,2],ci_high=m[,3],se=m[,4]))}
# na_rm two variables casewise
r <- ref(svymean(~hours+trust,d3,na.rm=TRUE),d3); out("narm2","board_wave3.csv",D3,list(type="mean",variables=list("hours","trust"),na_rm=TRUE),r)

clus2$st <- ifelse(clus2$dnum %% 2==0,"a","b"); clus2$N1 <- ifelse(clus2$st=="a",300,457); write.csv(clus2,"clus2_s.csv",row.names=FALSE,na=""); d <- svydesign(id=~dnum+snum,strata=~st,fpc=~N1+fpc2,weights=~pw,data=clus2); r <- ref(svymean(~api00+api99,d),d); out("two-strata","clus2_s.csv",D(ids=c("dnum","snum"),strata="st",weights="pw",fpc=c("N1","fpc2")),list(type="mean",variables=list("api00","api99")),r)
TM <- list(type="multi",parts=list(list(name="t",type="total",variable="care"),list(name="m",type="mean",variable="pupils")))
tm <- function(g,v=TRUE) { L <- list(ref(svytotal(~care,g),g),ref(svymean(~pupils,g),g)); x<-join(L,c("t","m")); if(v){x$weight_min<-min(weights(g)); x$weight_max<-max(weights(g)); x$sum_weights<-sum(weights(g))}; x }
f <- rd("board_frame.csv")
marg <- function(v) { z <- table(f[[v]]); lapply(names(z), function(n) { l <- list(); l[[v]] <- n; l$total <- as.vector(z[n]); l }) }
pop <- function(v) { z <- as.data.frame(table(f[[v]])); names(z)[1] <- v; z }
# raking, several epsilons
for (e in c(1e-10,0.001,5)) { rk <- try1(rake(d3,list(~region,~size_class,~denomination),lapply(c("region","size_class","denomination"),pop),control=list(maxit=60,epsilon=e,verbose=FALSE))); out(paste0("rake-",e),"board_wave3.csv",D3,TM,tm(rk),list(list(method="rake",maxit=60,epsilon=e,margins=lapply(c("region","size_class","denomination"),function(v) list(by=list(v),totals=marg(v)))))) }
RK <- list(method="rake",maxit=60,epsilon=1e-10,margins=lapply(c("region","denomination"),function(v) list(by=list(v),totals=marg(v)))); rk <- rake(d3,list(~region,~denomination),lapply(c("region","denomination"),pop),control=list(maxit=60,epsilon=1e-10,verbose=FALSE))
P <- c(`(Intercept)`=971,pupils=1500000); CP <- list(list(kind="intercept",column="(Intercept)",total=971),list(kind="numeric",column="pupils",variable="pupils",total=1500000))
g <- calibrate(rk,~pupils,P,calfun="raking",epsilon=1e-11); out("rake-cal","board_wave3.csv",D3,TM,tm(g),list(RK,list(method="calibrate",calfun="raking",epsilon=1e-11,constraints=CP)))
s <- subset(g, region=="north"); r <- ref(svyratio(~care,~pupils,s),s); r$vcov<-NULL; out("rake-cal-dom","board_wave3.csv",D3,list(type="ratio",numerator="care",denominator="pupils",where=list(list(variable="region",op="==",value="north"))),r,list(RK,list(method="calibrate",calfun="raking",epsilon=1e-11,constraints=CP)))
p2 <- postStratify(d3,~region+denomination,as.data.frame(table(region=f$region,denomination=f$denomination))); tt <- as.data.frame(table(region=f$region,denomination=f$denomination)); PS2 <- list(method="poststratify",by=list("region","denomination"),totals=lapply(seq_len(nrow(tt)),function(i) list(region=as.character(tt$region[i]),denomination=as.character(tt$denomination[i]),total=tt$Freq[i]))); out("ps2","board_wave3.csv",D3,TM,tm(p2),list(PS2))
# within: counts and pupils in each region
tot <- lapply(split(f,f$region),function(z) c(nrow(z),sum(z$pupils)));
mm <- ~region-1+region:pupils; PW <- c(sapply(tot,`[`,1),sapply(tot,`[`,2)); names(PW) <- c(paste0("region",names(tot)),paste0("region",names(tot),":pupils")); g <- calibrate(d3,mm,PW)
out("within","board_wave3.csv",D3,TM,tm(g),list(list(method="calibrate",calfun="linear",within="region",constraints=list(list(kind="intercept",column="n",total=as.list(sapply(tot,`[`,1))),list(kind="numeric",column="p",variable="pupils",total=as.list(sapply(tot,`[`,2)))))))
set.seed(1); i <- f[sample(nrow(f),400),]; i$w <- 971/400; i$Nall <- 971; i$care <- rbinom(400,i$pupils,.03); i$responded <- rbinom(400,1,ifelse(i$n_schools>3,.8,.5)); write.csv(i,"board_inv.csv",row.names=FALSE)
i <- rd("board_inv.csv"); cell <- interaction(i$size_class); aw <- ave(i$w,cell,FUN=sum)/ave(i$w*i$responded,cell,FUN=sum); rr <- i[i$responded==1,]; rr$w_nr <- (i$w*aw)[i$responded==1]
d <- svydesign(id=~1,weights=~w_nr,data=rr); L <- list(ref(svytotal(~care,d),d),ref(svymean(~pupils,d),d)); NR <- list(method="nonresponse_cells",by=list("size_class"),base_weight="w",responded="responded",output_weight="w_nr"); x <- join(L,c("t","m")); out("nr","board_inv.csv",D(weights="w_nr"),TM,x,list(NR))
g <- postStratify(d,~region,as.data.frame(table(region=f$region))); out("nr-ps","board_inv.csv",D(weights="w_nr"),TM,tm(g),list(NR,list(method="poststratify",by=list("region"),totals=marg("region"))))
g <- calibrate(g,~pupils,P); out("nr-ps-cal","board_inv.csv",D(weights="w_nr"),TM,tm(g),list(NR,list(method="poststratify",by=list("region"),totals=marg("region")),list(method="calibrate",calfun="linear",constraints=CP)))
# contrast on calibrated
g <- calibrate(d3,~pupils,P); t <- svytotal(~I(care*(region=="north"))+I(pupils*(region=="north"))+I(care*(region=="metro"))+I(pupils*(region=="metro")), g); names(t) <- c("ya","xa","yb","xb"); est <- svycontrast(t,list(d=quote(yb/xb-ya/xa),rel=quote((yb/xb)/(ya/xa)-1))); out("contrast-cal","board_wave3.csv",D3,list(type="contrast",components=list(list(name="n",type="ratio",numerator="care",denominator="pupils",where=list(list(variable="region",op="==",value="north"))),list(name="m",type="ratio",numerator="care",denominator="pupils",where=list(list(variable="region",op="==",value="metro")))),contrasts=list(d="m - n",rel="m/n - 1")),ref(est,g),list(list(method="calibrate",calfun="linear",constraints=CP)))
# ttest domain and missing
h <- svyttest(hours~policy,d3); out("tt-na","board_wave3.csv",D3,list(type="ttest",variable="hours",group="policy",na_rm=TRUE),list(names="yes-no",estimate=as.vector(h$estimate),statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value),ci_low=h$conf.int[1],ci_high=h$conf.int[2]))
s <- subset(d3,region=="north"); h <- svyttest(pupils~policy,s); out("tt-dom","board_wave3.csv",D3,list(type="ttest",variable="pupils",group="policy",where=list(list(variable="region",op="==",value="north"))),list(names="yes-no",estimate=as.vector(h$estimate),statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value),ci_low=h$conf.int[1],ci_high=h$conf.int[2]))
h <- svyttest(pupils~policy,g); out("tt-cal","board_wave3.csv",D3,list(type="ttest",variable="pupils",group="policy"),list(names="yes-no",estimate=as.vector(h$estimate),statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value),ci_low=h$conf.int[1],ci_high=h$conf.int[2]),list(list(method="calibrate",calfun="linear",constraints=CP)))
# chisq domain, missing, calibrated, numeric factor
for (st in c("F","Chisq")) { pk <- function(h) if(st=="F") list(statistic=as.vector(h$statistic),ndf=as.vector(h$parameter[1]),ddf=as.vector(h$parameter[2]),p_value=as.vector(h$p.value)) else list(statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value))
 out(paste0("chi-dom-",st),"board_wave3.csv",D3,list(type="chisq",rows="policy",cols="denomination",statistic=st,where=list(list(variable="region",op="!=",value="north"))),pk(svychisq(~policy+denomination,subset(d3,region!="north"),statistic=st)))
 out(paste0("chi-na-",st),"board_wave3.csv",D3,list(type="chisq",rows="trust",cols="policy",statistic=st,na_rm=TRUE),pk(svychisq(~trust+policy,d3,statistic=st)))
 out(paste0("chi-cal-",st),"board_wave3.csv",D3,list(type="chisq",rows="region",cols="policy",statistic=st),pk(svychisq(~region+policy,g,statistic=st)),list(list(method="calibrate",calfun="linear",constraints=CP))) }
# quantile calibrated, by domain, small p
q <- svyquantile(~pupils,g,c(.05,.25,.75),qrule="math"); m<-q[[1]]; out("q-cal","board_wave3.csv",D3,list(type="quantile",variables=list("pupils"),probs=list(.05,.25,.75),rule="math",interval="mean"),list(names=rownames(m),estimate=m[,1],ci_low=m[,2],ci_high=m[,3],se=m[,4]),list(list(method="calibrate",calfun="linear",constraints=CP)))
for (q in c("math","school","hf7")) {r <- svyquantile(~trust,d3,c(.1,.25,.5,.75),qrule=q,na.rm=TRUE); m<-r[[1]]; out(paste0("q-ties-",q),"board_wave3.csv",D3,list(type="quantile",variables=list("trust"),probs=list(.1,.25,.5,.75),rule=q,interval="mean",na_rm=TRUE),list(names=rownames(m),estimate=m[,1],ci_low=m[,2],ci_high=m[,3],se=m[,4]))}
# deff by domain svyby, proportions by, deff for ratio
b <- svyby(~care+pupils,~region,d3,svymean,deff=TRUE); r<-ref(b,d3); r$vcov<-NULL; r$deff <- as.vector(as.matrix(deff(b))); out("deff-by","board_wave3.csv",D3,list(type="mean",variables=list("care","pupils"),by=list("region"),deff="srswor"),r)
b <- svyby(~policy,~region,d3,svymean); r<-ref(b,d3); r$vcov<-NULL; r$names<-NULL; out("prop-by","board_wave3.csv",D3,list(type="proportion",variables=list("policy"),by=list("region")),r)
b <- svyby(~care,~region+denomination,d3,svyratio,denominator=~pupils); r<-ref(b,d3); r$vcov<-NULL; out("ratio-by2","board_wave3.csv",D3,list(type="ratio",numerator="care",denominator="pupils",by=list("region","denomination")),r)
r <- ref(svymean(~care,g,deff=TRUE),g); out("deff-cal","board_wave3.csv",D3,list(type="mean",variables=list("care"),deff="srswor"),r,list(list(method="calibrate",calfun="linear",constraints=CP)))
# replicates: combined, calibrated base x file, Fay via construct
n <- nrow(w3); set.seed(2); rw <- as.svrepdesign(d3,type="subbootstrap",replicates=20); M <- weights(rw,"replication"); CM <- weights(rw,"analysis"); write.csv(as.data.frame(M),"w3_rep.csv",row.names=FALSE); write.csv(as.data.frame(CM),"w3_comb.csv",row.names=FALSE)
M <- as.matrix(rd("w3_rep.csv")); CM <- as.matrix(rd("w3_comb.csv"))
rp <- svrepdesign(data=w3,repweights=M,weights=~weight,type="other",scale=1/19,rscales=rep(1,20),combined.weights=FALSE,mse=TRUE); out("rep-file","board_wave3.csv",D3,TM,tm(rp,FALSE),list(),list(source="file",type="subbootstrap",file="w3_rep.csv",combined_weights=FALSE,mse=TRUE,scale=1/19,rscales="all 1"))
rc <- svrepdesign(data=w3,repweights=CM,weights=~weight,type="other",scale=1/19,rscales=rep(1,20),combined.weights=TRUE,mse=FALSE); out("rep-comb","board_wave3.csv",D3,TM,tm(rc,FALSE),list(),list(source="file",type="other",file="w3_comb.csv",combined_weights=TRUE,mse=FALSE,scale=1/19,rscales=as.list(rep(1,20))))
rg <- calibrate(rp,~pupils,P,calfun="raking",epsilon=1e-10,compress=FALSE); out("rep-cal-each","board_wave3.csv",D3,TM,tm(rg,FALSE),list(list(method="calibrate",calfun="raking",epsilon=1e-10,each_replicate=TRUE,constraints=CP)),list(source="file",type="subbootstrap",file="w3_rep.csv",combined_weights=FALSE,mse=TRUE,scale=1/19,rscales="all 1"))
rr <- rake(rp,list(~region,~size_class),lapply(c("region","size_class"),pop),control=list(maxit=60,epsilon=1e-10,verbose=FALSE)); out("rep-rake","board_wave3.csv",D3,TM,tm(rr,FALSE),list(list(method="rake",maxit=60,epsilon=1e-10,each_replicate=TRUE,margins=lapply(c("region","size_class"),function(v) list(by=list(v),totals=marg(v))))),list(source="file",type="subbootstrap",file="w3_rep.csv",combined_weights=FALSE,mse=TRUE,scale=1/19,rscales="all 1"))
w3$wc <- weights(g); rx <- svrepdesign(data=w3,repweights=M,weights=~wc,type="other",scale=1/19,rscales=rep(1,20),combined.weights=FALSE,mse=TRUE); out("rep-calbase","board_wave3.csv",D3,TM,tm(rx,FALSE),list(list(method="calibrate",calfun="linear",constraints=CP)),list(source="file",type="subbootstrap",file="w3_rep.csv",combined_weights=FALSE,mse=TRUE,scale=1/19,rscales="all 1"))
p <- svyciprop(~I(policy=="yes"),rp,method="xlogit"); ci<-attr(p,"ci"); out("rep-ciprop","board_wave3.csv",D3,list(type="proportion",variables=list("policy"),level="yes",ci_method="xlogit"),list(names="policy=yes",estimate=as.vector(p),se=sqrt(as.vector(attr(p,"var"))),ci_low=ci[[1]],ci_high=ci[[2]],df=degf(rp)),list(),list(source="file",type="subbootstrap",file="w3_rep.csv",combined_weights=FALSE,mse=TRUE,scale=1/19,rscales="all 1"))
h <- svyttest(pupils~policy,rp); out("rep-tt","board_wave3.csv",D3,list(type="ttest",variable="pupils",group="policy"),list(names="yes-no",estimate=as.vector(h$estimate),statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value)),list(),list(source="file",type="subbootstrap",file="w3_rep.csv",combined_weights=FALSE,mse=TRUE,scale=1/19,rscales="all 1"))
t <- svyby(~care+pupils,~policy,rp,svytotal,covmat=TRUE); est <- svycontrast(t,list(rel=quote(`yes:care`/`yes:pupils`-`no:care`/`no:pupils`))); out("rep-contrast","board_wave3.csv",D3,list(type="contrast",components=list(list(name="y",type="ratio",numerator="care",denominator="pupils",where=list(list(variable="policy",op="==",value="yes"))),list(name="n",type="ratio",numerator="care",denominator="pupils",where=list(list(variable="policy",op="==",value="no")))),contrasts=list(rel="y - n")),ref(est,rp),list(),list(source="file",type="subbootstrap",file="w3_rep.csv",combined_weights=FALSE,mse=TRUE,scale=1/19,rscales="all 1"))
# two-stage with strata, school-level, weights given, fpc fraction at stage 2 only etc
d <- svydesign(id=~dnum+snum,fpc=~fpc1+fpc2,data=clus2); s <- subset(d,stype=="E"); r <- ref(svytotal(~api00,s),s); out("two-dom","clus2_s.csv",D(ids=c("dnum","snum"),fpc=c("fpc1","fpc2")),list(type="total",variables=list("api00"),where=list(list(variable="stype",op="==",value="E"))),r)
d <- svydesign(id=~dnum,fpc=~fpc1,weights=~pw,data=clus2); r <- ref(svymean(~api00,d),d); out("one-of-two","clus2_s.csv",D(ids=c("dnum"),weights="pw",fpc=c("fpc1")),list(type="mean",variables=list("api00")),r)
# chi-square and quantiles from replicates: given, combined, made; domains, missing answers, adjusted in each replicate
RF <- list(source="file",type="subbootstrap",file="w3_rep.csv",combined_weights=FALSE,mse=TRUE,scale=1/19,rscales="all 1")
RC <- list(source="file",type="other",file="w3_comb.csv",combined_weights=TRUE,mse=FALSE,scale=1/19,rscales=as.list(rep(1,20)))
RN <- list(source="construct",type="JKn",mse=FALSE); RJ <- list(source="construct",type="JK1",mse=FALSE)
PW <- list(method="poststratify",by=list("sch.wide"),totals=list(list(sch.wide="No",total=1072),list(sch.wide="Yes",total=5122)))
CE <- list(method="calibrate",calfun="raking",epsilon=1e-10,each_replicate=TRUE,constraints=CP); CL <- list(method="calibrate",calfun="linear",constraints=CP)
rj <- as.svrepdesign(dc,type="JK1"); rn <- as.svrepdesign(ds,type="JKn"); rnp <- postStratify(rn,~sch.wide,data.frame(sch.wide=c("No","Yes"),Freq=c(1072,5122)))
north <- list(list(variable="region",op="!=",value="north")); yes <- list(list(variable="sch.wide",op="==",value="Yes"))
chis <- function(id,f,des,dataset,design,replicates,calibration=list(),where=list()) for (st in c("F","Chisq")) { h <- svychisq(f,des,statistic=st)
 out(paste0("chi-rep-",id,"-",st),dataset,design,list(type="chisq",rows=as.character(f[[2]][[2]]),cols=as.character(f[[2]][[3]]),statistic=st,where=where),
  if(st=="F") list(statistic=as.vector(h$statistic),ndf=as.vector(h$parameter[1]),ddf=as.vector(h$parameter[2]),p_value=as.vector(h$p.value)) else list(statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value)),calibration,replicates) }
chis("file",~region+policy,rp,"board_wave3.csv",D3,RF); chis("na",~trust+policy,rp,"board_wave3.csv",D3,RF); chis("dom",~policy+denomination,subset(rp,region!="north"),"board_wave3.csv",D3,RF,list(),north)
chis("comb",~size_class+policy,rc,"board_wave3.csv",D3,RC); chis("cal",~region+policy,rg,"board_wave3.csv",D3,RF,list(CE)); chis("cal-dom",~policy+denomination,subset(rg,region!="north"),"board_wave3.csv",D3,RF,list(CE),north)
chis("calbase",~region+policy,rx,"board_wave3.csv",D3,RF,list(CL)); chis("jkn",~sch.wide+stype,rn,"apistrat.csv",Ds,RN); chis("jkn-ps",~awards+stype,rnp,"apistrat.csv",Ds,RN,list(PW)); chis("jk1",~sch.wide+stype,rj,"apiclus1.csv",Dc,RJ)
quas <- function(id,v,des,dataset,design,replicates,probs,rule,interval,calibration=list(),where=list()) { m <- suppressMessages(svyquantile(as.formula(paste0("~",v)),des,probs,qrule=rule,interval.type=interval,na.rm=TRUE))[[1]]
 out(paste0("q-rep-",id),dataset,design,list(type="quantile",variables=list(v),probs=as.list(probs),rule=rule,interval=interval,na_rm=TRUE,where=where),list(names=rownames(m),estimate=m[,1],ci_low=m[,2],ci_high=m[,3],se=m[,4]),calibration,replicates) }
p4 <- c(.1,.25,.5,.75)
for (i in c("mean","xlogit","beta","quantile")) for (q in c("math","school","hf7")) { quas(paste0(q,"-",i),"pupils",rp,"board_wave3.csv",D3,RF,p4,q,i); quas(paste0("jkn-",q,"-",i),"api00",rn,"apistrat.csv",Ds,RN,p4,q,i) }
for (q in c("math","school","hf7")) { quas(paste0("ties-",q),"trust",rp,"board_wave3.csv",D3,RF,p4,q,"mean"); quas(paste0("ties-comb-",q),"trust",rc,"board_wave3.csv",D3,RC,p4,q,"mean") }
s <- subset(rp,region!="north"); for (i in c("mean","beta","quantile")) quas(paste0("dom-na-",i),"hours",s,"board_wave3.csv",D3,RF,c(.25,.5),"math",i,list(),north)
for (i in c("mean","xlogit","beta")) { quas(paste0("jk1-",i),"api00",rj,"apiclus1.csv",Dc,RJ,p4,"math",i); quas(paste0("jk1-dom-",i),"api00",subset(rj,sch.wide=="Yes"),"apiclus1.csv",Dc,RJ,p4,"math",i,list(),yes)
 quas(paste0("cal-",i),"pupils",rg,"board_wave3.csv",D3,RF,p4,"math",i,list(CE)); quas(paste0("cal-dom-",i),"pupils",subset(rg,region!="north"),"board_wave3.csv",D3,RF,p4,"math",i,list(CE),north)
 quas(paste0("calbase-",i),"pupils",rx,"board_wave3.csv",D3,RF,p4,"hf7",i,list(CL)); quas(paste0("jkn-ps-",i),"api00",rnp,"apistrat.csv",Ds,RN,p4,"math",i,list(PW)) }
# R has no other interval than "mean" for them under whatever name; its own function has, when it is asked
for (i in c("xlogit","beta")) for (d in list(list("file","pupils",rp,"board_wave3.csv",D3,RF),list("jkn","api00",rn,"apistrat.csv",Ds,RN))) { x <- d[[3]]$variables[[d[[2]]]]; w <- weights(d[[3]],"sampling"); q <- sapply(p4,function(p) survey:::qrule_math(x,w,p))
 ci <- sapply(seq_along(p4),function(k) survey:::woodruffCI(x,q[k],p4[k],d[[3]],survey:::qrule_math,.05,degf(d[[3]]),method=i))
 out(paste0("q-rep-own-",d[[1]],"-",i),d[[4]],d[[5]],list(type="quantile",variables=list(d[[2]]),probs=as.list(p4),rule="math",interval=paste0("replicate-",i)),list(names=as.character(p4),estimate=q,ci_low=ci[1,],ci_high=ci[2,],se=(ci[2,]-ci[1,])/(2*qt(.975,degf(d[[3]])))),list(),d[[6]]) }
quas("one","pupils",subset(rp,size_class=="s1_one"),"board_wave3.csv",D3,RF,c(.05,.5,.95),"math","mean",list(),list(list(variable="size_class",op="==",value="s1_one")))
# a share's beta interval from replicates counts the rows of the domain, also when weights were calibrated
s <- subset(rg,region!="north"); for (m in c("beta","mean","xlogit","logit")) { p <- svyciprop(~I(policy=="yes"),s,method=m); ci <- attr(p,"ci"); out(paste0("rep-ciprop-cal-",m),"board_wave3.csv",D3,list(type="proportion",variables=list("policy"),level="yes",ci_method=m,where=north),list(names="policy=yes",estimate=as.vector(p),se=sqrt(as.vector(attr(p,"var"))),ci_low=ci[[1]],ci_high=ci[[2]],df=degf(s)),list(CE),RF) }
# calibrated in groups: the same totals in each wave of the stacked file, levels in each, two columns at once
wv <- rd("board_waves.csv"); wv$wave <- factor(wv$wave); dw <- svydesign(id=~board_id,strata=~size_class,weights=~weight,data=wv); DW <- D(ids="board_id",strata="size_class",weights="weight")
CH <- list(type="change",components=lapply(2:3,function(k) list(name=paste0("w",k),type="ratio",numerator="care",denominator="pupils",where=list(list(variable="wave",op="==",value=k)))),contrasts=list(w2="w2",w3="w3",change="w3 - w2",rel="w3 / w2 - 1"))
change <- function(g) { t <- svytotal(~I(care*(wave==2))+I(pupils*(wave==2))+I(care*(wave==3))+I(pupils*(wave==3)),g); names(t) <- c("y2","n2","y3","n3"); x <- ref(svycontrast(t,list(w2=quote(y2/n2),w3=quote(y3/n3),change=quote(y3/n3-y2/n2),rel=quote((y3/n3)/(y2/n2)-1))),g); x$weight_min<-min(weights(g)); x$weight_max<-max(weights(g)); x$sum_weights<-sum(weights(g)); x }
P2 <- c(wave2=971,wave3=971,`wave2:pupils`=1500000,`wave3:pupils`=1500000); CP2 <- list(list(kind="intercept",total=971),list(kind="numeric",variable="pupils",total=1500000))
for (cf in c("linear","raking")) { g <- calibrate(dw,~wave-1+wave:pupils,P2,calfun=cf,epsilon=1e-11); out(paste0("within-wave-",cf),"board_waves.csv",DW,CH,change(g),list(list(method="calibrate",calfun=cf,epsilon=1e-11,within="wave",constraints=CP2))) }
n <- table(f$size_class); PL <- as.vector(rbind(n,n)); names(PL) <- as.vector(rbind(paste0("wave2:size_class",names(n)),paste0("wave3:size_class",names(n)))); g <- calibrate(dw,~wave:size_class+wave:pupils-1,c(PL,`wave2:pupils`=1500000,`wave3:pupils`=1500000))
out("within-wave-levels","board_waves.csv",DW,CH,change(g),list(list(method="calibrate",calfun="linear",within=list("wave"),constraints=list(list(kind="levels",variable="size_class",level=names(n),total=as.vector(n)),CP2[[2]]))))
f$den2 <- factor(ifelse(f$denomination=="public","public","private")); w3$den2 <- factor(ifelse(w3$denomination=="public","public","private")); f$north <- factor(ifelse(f$region=="north","yes","no")); w3$north <- factor(ifelse(w3$region=="north","yes","no")); write.csv(w3[setdiff(names(w3),c("wc"))],"w3_groups.csv",row.names=FALSE,na="")
d <- svydesign(id=~1,strata=~size_class,weights=~weight,fpc=~N_h,data=w3); k <- expand.grid(north=c("no","yes"),den2=c("private","public")); cnt <- mapply(function(a,b) sum(f$north==a & f$den2==b),k$north,k$den2); pup <- mapply(function(a,b) sum(f$pupils[f$north==a & f$den2==b]),k$north,k$den2)
PG <- c(cnt,pup); names(PG) <- c(paste0("north",k$north,":den2",k$den2),paste0("north",k$north,":den2",k$den2,":pupils")); g <- calibrate(d,~north:den2+north:den2:pupils-1,PG)
rows <- function(x) lapply(seq_len(nrow(k)),function(i) list(den2=as.character(k$den2[i]),north=as.character(k$north[i]),total=x[i])); named <- function(x) setNames(as.list(x),paste0(k$north,".",k$den2))
out("within-two","w3_groups.csv",D3,TM,tm(g),list(list(method="calibrate",calfun="linear",within=c("north","den2"),constraints=list(list(kind="intercept",total=named(cnt)),list(kind="numeric",variable="pupils",total=rows(pup))))))
# degrees of freedom of replicates: counted again in a domain and after a step, but not after a calibration that is iterated
tts <- function(id,v,g,des,dataset,design,replicates,calibration=list(),where=list()) { h <- svyttest(as.formula(paste0(v,"~",g)),des); out(paste0("tt-rep-",id),dataset,design,list(type="ttest",variable=v,group=g,where=where,na_rm=TRUE),list(estimate=as.vector(h$estimate),statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value),ci_low=h$conf.int[1],ci_high=h$conf.int[2]),calibration,replicates) }
E_ <- list(list(variable="stype",op="!=",value="E")); large <- list(list(variable="size_class",op="==",value="s4_15plus"))
tts("jkn-dom","api00","awards",subset(rn,stype!="E"),"apistrat.csv",Ds,RN,list(),E_); tts("na-dom","hours","policy",subset(rp,size_class=="s4_15plus"),"board_wave3.csv",D3,RF,list(),large)
PF <- c(`(Intercept)`=6194,stypeH=755,stypeM=1018,api99=3914069); CF <- list(list(kind="intercept",total=6194),list(kind="level",variable="stype",level="H",total=755),list(kind="level",variable="stype",level="M",total=1018),list(kind="numeric",variable="api99",total=3914069))
for (cf in c("linear","bounded","raking","logit")) { b <- if (cf %in% c("bounded","logit")) c(.5,2) else c(-Inf,Inf); fun <- if (cf=="bounded") "linear" else cf; g <- calibrate(rn,~stype+api99,PF,calfun=fun,bounds=b,epsilon=1e-10); s <- subset(g,stype!="E"); st <- list(method="calibrate",calfun=fun,epsilon=1e-10,constraints=CF); if (cf %in% c("bounded","logit")) st$bounds <- b; ST <- list(st)
 out(paste0("df-rep-",cf),"apistrat.csv",Ds,TM2,join(list(ref(svymean(~api00,g),g),ref(svytotal(~enroll,g),g)),c("m","t")),ST,RN); out(paste0("df-rep-dom-",cf),"apistrat.csv",Ds,list(type="mean",variables=list("api00"),where=E_),ref(svymean(~api00,s),s),ST,RN)
 p <- svyciprop(~I(awards=="Yes"),g,method="beta"); ci <- attr(p,"ci"); out(paste0("df-rep-ciprop-",cf),"apistrat.csv",Ds,list(type="proportion",variables=list("awards"),level="Yes",ci_method="beta"),list(names="awards=Yes",estimate=as.vector(p),se=sqrt(as.vector(attr(p,"var"))),ci_low=ci[[1]],ci_high=ci[[2]],df=degf(g)),ST,RN)
 m <- suppressWarnings(svyquantile(~api00,g,c(.25,.5))[[1]]); out(paste0("df-rep-q-",cf),"apistrat.csv",Ds,list(type="quantile",variables=list("api00"),probs=list(.25,.5)),list(names=rownames(m),estimate=m[,1],ci_low=m[,2],ci_high=m[,3],se=m[,4]),ST,RN)
 chis(paste0("df-",cf),~sch.wide+awards,g,"apistrat.csv",Ds,RN,ST); tts(paste0("df-",cf),"api00","awards",g,"apistrat.csv",Ds,RN,ST) }
g <- postStratify(calibrate(rn,~stype+api99,PF,calfun="raking",epsilon=1e-10),~sch.wide,data.frame(sch.wide=c("No","Yes"),Freq=c(1072,5122))); out("df-rep-then-ps","apistrat.csv",Ds,TM2,join(list(ref(svymean(~api00,g),g),ref(svytotal(~enroll,g),g)),c("m","t")),list(list(method="calibrate",calfun="raking",epsilon=1e-10,constraints=CF),PW),RN)
# a stratum of which one unit has rows in the domain is left to the average too (survey.adjust.domain.lonely)
options(survey.lonely.psu="average",survey.adjust.domain.lonely=TRUE); pulse <- rd("board_pulse.csv"); d <- svydesign(id=~1,strata=~fine,weights=~w_fine,fpc=~N_fine,data=pulse); s <- subset(d,pupils>800); r <- ref(svytotal(~pupils+waiting,s),s); big <- list(list(variable="pupils",op=">",value=800))
out("lonely-average-dom-total","board_pulse.csv",D(strata="fine",weights="w_fine",fpc="N_fine",lonely="average",dla=TRUE),list(type="total",variables=list("pupils","waiting"),where=big),r); r <- ref(svyratio(~care,~pupils,s),s); out("lonely-average-dom-ratio","board_pulse.csv",D(strata="fine",weights="w_fine",fpc="N_fine",lonely="average",dla=TRUE),list(type="ratio",numerator="care",denominator="pupils",where=big),r)
options(survey.lonely.psu="fail",survey.adjust.domain.lonely=FALSE)
# a share of none and of all, by every method; from replicates also where some of them have none of a rare answer
w3 <- rd("board_wave3.csv"); d3 <- svydesign(id=~1,strata=~size_class,weights=~weight,fpc=~N_h,data=w3); rp <- svrepdesign(data=w3,repweights=as.matrix(read.csv("w3_rep.csv")),weights=~weight,type="other",combined.weights=FALSE,mse=TRUE,scale=1/19,rscales=rep(1,20))
edge <- function(id,answer,des,where,replicates=NULL,methods=c("mean","logit","xlogit","beta")) for (m in methods) { p <- suppressWarnings(eval(bquote(svyciprop(~I(policy==.(answer)),des,method=m)))); ci <- attr(p,"ci")
 out(paste0("ci-edge-",id,"-",m),"board_wave3.csv",D3,list(type="proportion",variables=list("policy"),level=answer,ci_method=m,where=where),list(names=paste0("policy=",answer),estimate=as.vector(p),se=sqrt(as.vector(attr(p,"var"))),ci_low=ci[[1]],ci_high=ci[[2]],df=degf(des)),list(),replicates,tol_abs=1e-20) }
said <- function(answer) list(list(variable="policy",op="==",value=answer)); few <- list(list(variable="region",op="==",value="centre"),list(variable="denomination",op="==",value="other"))
edge("none","yes",subset(d3,policy=="no"),said("no")); edge("all","yes",subset(d3,policy=="yes"),said("yes")); edge("rep-none","yes",subset(rp,policy=="no"),said("no"),RF); edge("rep-all","yes",subset(rp,policy=="yes"),said("yes"),RF)
edge("rep-few","yes",subset(rp,region=="centre" & denomination=="other"),few,RF)
# rows of weight zero: they stay in the sample and do not count in the degrees of freedom
z <- strat[,c("stype","api00","enroll","awards","sch.wide")]; z$w <- ifelse(seq_len(nrow(z))%%9==0, 0, strat$pw); write.csv(z,"zero_weights.csv",row.names=FALSE); z <- rd("zero_weights.csv"); d <- svydesign(id=~1,strata=~stype,weights=~w,data=z); Dz <- D(strata="stype",weights="w",fpc=NULL)
out("zero-w-mean","zero_weights.csv",Dz,list(type="mean",variables=list("api00","enroll")),ref(svymean(~api00+enroll,d),d))
s <- subset(d,awards=="Yes"); out("zero-w-dom","zero_weights.csv",Dz,list(type="total",variables=list("enroll"),where=list(list(variable="awards",op="==",value="Yes"))),ref(svytotal(~enroll,s),s))
p <- postStratify(d,~stype,data.frame(stype=c("E","H","M"),Freq=c(4421,755,1018))); out("zero-w-ps","zero_weights.csv",Dz,list(type="mean",variables=list("api00","enroll")),ref(svymean(~api00+enroll,p),p),calibration=list(list(method="poststratify",by=list("stype"),totals=data.frame(stype=c("E","H","M"),total=c(4421,755,1018)))))
h <- svychisq(~sch.wide+awards,d,statistic="F"); out("zero-w-chisq","zero_weights.csv",Dz,list(type="chisq",rows="sch.wide",cols="awards",statistic="F"),list(statistic=unname(h$statistic),ndf=unname(h$parameter[1]),ddf=unname(h$parameter[2]),p_value=unname(h$p.value)))
# a t test in a domain that has rows of two of several levels
s <- subset(d3,!(region %in% c("metro","east","north","centre"))); s$variables$region <- droplevels(s$variables$region); h <- svyttest(care~region,s); out("tt-two-of-several","board_wave3.csv",D3,list(type="ttest",variable="care",group="region",where=lapply(c("metro","east","north","centre"),function(r) list(variable="region",op="!=",value=r))),list(names="west-south",estimate=as.vector(h$estimate),statistic=as.vector(h$statistic),df=as.vector(h$parameter),p_value=as.vector(h$p.value),ci_low=h$conf.int[1],ci_high=h$conf.int[2]))
# shares by domain: each has the degrees of freedom and the rows of its own
by <- function(id,des,replicates=NULL) for (m in c("mean","logit","xlogit","beta")) { b <- svyby(~I(policy=="yes"),~region,des,svyciprop,method=m,vartype=c("se","ci")); out(paste0("ci-by-",id,"-",m),"board_wave3.csv",D3,list(type="proportion",variables=list("policy"),level="yes",ci_method=m,by=list("region")),list(names=paste0(b$region,":policy=yes"),estimate=unname(b[[2]]),se=b[[3]],ci_low=b$ci_l,ci_high=b$ci_u,df=degf(des)),list(),replicates,tol_abs=1e-10) }
by("lin",d3); by("rep",rp,RF)
